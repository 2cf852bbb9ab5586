#include "arguments.h"

#include "../core/netns.h"
#include "fd_handle.h"
#include "result.h"
#include "task.h"

namespace rampart {
namespace {

class NewNamespaceTask : public Task {
 public:
  Status Run() override {
    auto made = NewNamespace();
    if (!made.ok()) return made.failure();
    made_ = std::move(made.value());
    return std::nullopt;
  }
  Napi::Value Value(Napi::Env env) override { return NewFdHandle(env, kNamespaceHandle, std::move(made_)); }

 private:
  UniqueFd made_;
};

}  // namespace

std::optional<UniqueFd> NetworkArgument(const Napi::CallbackInfo& info, size_t position) {
  if (info[position].IsUndefined()) return UniqueFd();
  UniqueFd fd = DuplicateOf(info.Env(), kNamespaceHandle, info[position]);
  if (fd) return fd;
  Throw(info.Env(), LastFailure("fcntl"));
  return std::nullopt;
}

std::optional<View> BytesArgument(const Napi::CallbackInfo& info, size_t position) {
  if (info[position].IsTypedArray()) {
    const auto array = info[position].As<Napi::Uint8Array>();
    if (array.TypedArrayType() == napi_uint8_array) return View{array.Data(), array.ByteLength()};
  }
  ThrowTypeError(info.Env(), "a Uint8Array is needed");
  return std::nullopt;
}

Napi::Value OpenNamespaceCall(const Napi::CallbackInfo& info) {
  if (!info[0].IsString()) return ThrowTypeError(info.Env(), "openNamespace(path: string)");
  auto fd = OpenNamespace(info[0].As<Napi::String>());
  if (!fd.ok()) return Throw(info.Env(), fd.failure());
  return NewFdHandle(info.Env(), kNamespaceHandle, std::move(fd.value()));
}

Napi::Value NewNamespaceCall(const Napi::CallbackInfo& info) {
  return Queue(info.Env(), std::make_unique<NewNamespaceTask>(), UniqueFd());
}

}  // namespace rampart
