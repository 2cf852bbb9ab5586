#include "fd_handle.h"

#include <cerrno>
#include <memory>

namespace rampart {
namespace {

void Collect(napi_env, void* data, void*) {
  const std::unique_ptr<UniqueFd> last(static_cast<UniqueFd*>(data));
}

UniqueFd* Unwrap(Napi::Env env, const FdHandle& kind, const Napi::Value& value) {
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&kind.tag)) return nullptr;
  void* data = nullptr;
  return napi_unwrap(env, value, &data) == napi_ok ? static_cast<UniqueFd*>(data) : nullptr;
}

}  // namespace

const FdHandle kNamespaceHandle{"close", {0x8f1d3a6c52b94e07, 0xa1c47be09d35f26b}};
const FdHandle kLockHandle{"release", {0x3c92e7505d1f48ab, 0x94b0f6172ac8d35e}};

Napi::Value NewFdHandle(Napi::Env env, const FdHandle& kind, UniqueFd fd) {
  Napi::Object object = Napi::Object::New(env);
  auto owned = std::make_unique<UniqueFd>(std::move(fd));
  if (napi_wrap(env, object, owned.get(), Collect, nullptr, nullptr) != napi_ok) return env.Undefined();
  owned.release();
  object.TypeTag(&kind.tag);
  const auto close = [&kind](const Napi::CallbackInfo& info) {
    if (UniqueFd* const fd = Unwrap(info.Env(), kind, info.This())) fd->Close();
  };
  object.Set(kind.method, Napi::Function::New(env, close, kind.method));
  object.Freeze();
  return object;
}

UniqueFd DuplicateOf(Napi::Env env, const FdHandle& kind, const Napi::Value& value) {
  const UniqueFd* const fd = Unwrap(env, kind, value);
  errno = EBADF;
  return fd != nullptr && *fd ? fd->Duplicate() : UniqueFd();
}

}  // namespace rampart
