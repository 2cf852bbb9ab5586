#include "transact.h"

#include <cerrno>

#include "../../core/netlink/conversation.h"
#include "../arguments.h"
#include "../array_buffer.h"
#include "../result.h"
#include "../task.h"
#include "datagrams_object.h"

namespace rampart {
namespace {

class TransactTask : public Task {
 public:
  TransactTask(int protocol, HeldRequest request, int timeout)
      : protocol_(protocol), request_(std::move(request)), timeout_(timeout) {}
  Status Run() override {
    auto reply = Converse(protocol_, request_.datagrams, timeout_);
    if (!reply.ok()) return reply.failure();
    reply_ = std::move(reply.value());
    return std::nullopt;
  }
  Napi::Value Value(Napi::Env env) override {
    const View bytes{reply_.pages.data(), reply_.size};
    return bytes.size == 0 ? Napi::ArrayBuffer::New(env, 0)
                           : ToArrayBuffer(env, std::move(reply_.pages), bytes);
  }

 private:
  const int protocol_;
  const HeldRequest request_;
  const int timeout_;
  Reply reply_;
};

/** Bytes are one datagram; nothing, and an error thrown, if the argument is neither. */
std::optional<HeldRequest> RequestArgument(const Napi::CallbackInfo& info) {
  if (auto datagrams = DatagramsObject::Take(info[1])) return datagrams;
  const auto bytes = BytesArgument(info, 1);
  if (!bytes) return std::nullopt;
  HeldRequest request;
  request.Add(info[1], *bytes, true);
  return request;
}

std::optional<int> TimeoutArgument(const Napi::CallbackInfo& info) {
  if (info[3].IsObject()) {
    const Napi::Value timeout = info[3].As<Napi::Object>().Get("timeout");
    if (timeout.IsNumber()) return timeout.As<Napi::Number>().Int32Value();
  }
  if (!info.Env().IsExceptionPending())
    ThrowTypeError(info.Env(), "the options are { timeout: milliseconds }");
  return std::nullopt;
}

}  // namespace

Napi::Value TransactCall(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsNumber()) return ThrowTypeError(env, "the protocol is a number");
  const auto timeout = TimeoutArgument(info);
  if (!timeout) return env.Undefined();
  auto network = NetworkArgument(info, 2);
  if (!network) return env.Undefined();
  auto request = RequestArgument(info);
  if (!request) return env.Undefined();
  auto task =
      std::make_unique<TransactTask>(info[0].As<Napi::Number>().Int32Value(), std::move(*request), *timeout);
  return Queue(env, std::move(task), std::move(*network));
}

}  // namespace rampart
