#include "look.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "../../core/file.h"
#include "../../core/netlink/socket_option.h"
#include "../arguments.h"
#include "../result.h"
#include "../task.h"

namespace rampart {
namespace {

/** Not /proc/self: that one shows the namespace of the main thread. */
constexpr const char* kNetwork = "/proc/thread-self/net";

Napi::Value CopyOf(Napi::Env env, const void* data, size_t size) {
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(env, size);
  if (!buffer.IsEmpty() && size > 0) std::memcpy(buffer.Data(), data, size);
  return buffer;
}

class ProcNetTask : public Task {
 public:
  explicit ProcNetTask(std::string name) : path_(std::string(kNetwork) + '/' + name) {}
  Status Run() override {
    auto text = ReadFile(path_.c_str());
    if (text.ok()) {
      text_ = std::move(text.value());
      return std::nullopt;
    }
    // Without the directory we cannot see.
    if (text.failure().error != ENOENT || access(kNetwork, F_OK) != 0) return text.failure();
    return std::nullopt;
  }
  Napi::Value Value(Napi::Env env) override {
    return text_ ? CopyOf(env, text_->data(), text_->size()) : env.Undefined();
  }

 private:
  const std::string path_;
  std::optional<std::string> text_;
};

class SocketOptionTask : public Task {
 public:
  SocketOptionTask(int family, int level, int option, View value)
      : family_(family), level_(level), option_(option), value_(value.data, value.data + value.size) {}
  Status Run() override { return GetSocketOption(family_, level_, option_, value_); }
  Napi::Value Value(Napi::Env env) override { return CopyOf(env, value_.data(), value_.size()); }

 private:
  const int family_, level_, option_;
  std::vector<uint8_t> value_;
};

}  // namespace

Napi::Value ProcNetCall(const Napi::CallbackInfo& info) {
  if (!info[0].IsString()) return ThrowTypeError(info.Env(), "procNet(name: string, namespace)");
  const std::string name = info[0].As<Napi::String>();
  if (name.empty() || name.find('/') != std::string::npos || name[0] == '.')
    return ThrowTypeError(info.Env(), "the name is that of a file in /proc/net");
  auto network = NetworkArgument(info, 1);
  if (!network) return info.Env().Undefined();
  return Queue(info.Env(), std::make_unique<ProcNetTask>(name), std::move(*network));
}

Napi::Value SocketOptionCall(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  int numbers[3];
  for (size_t i = 0; i < 3; i++) {
    if (!info[i].IsNumber()) return ThrowTypeError(env, "family, level and option are numbers");
    numbers[i] = info[i].As<Napi::Number>().Int32Value();
  }
  const auto value = BytesArgument(info, 3);
  if (!value) return env.Undefined();
  auto network = NetworkArgument(info, 4);
  if (!network) return env.Undefined();
  return Queue(env, std::make_unique<SocketOptionTask>(numbers[0], numbers[1], numbers[2], *value),
               std::move(*network));
}

}  // namespace rampart
