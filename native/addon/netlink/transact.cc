#include "transact.h"

#include "../../core/netlink/conversation.h"
#include "../arguments.h"
#include "../array_buffer.h"
#include "../result.h"
#include "../task.h"

namespace rampart {
namespace {

class TransactTask : public Task {
 public:
  TransactTask(int protocol, View request, int timeout)
      : protocol_(protocol), request_(request.data, request.data + request.size), timeout_(timeout) {}
  Status Run() override {
    auto reply = Converse(protocol_, {request_.data(), request_.size()}, timeout_);
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
  const std::vector<uint8_t> request_;
  const int timeout_;
  Reply reply_;
};

}  // namespace

Napi::Value TransactCall(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsNumber()) return ThrowTypeError(env, "the protocol is a number");
  const auto request = BytesArgument(info, 1);
  if (!request) return env.Undefined();
  auto network = NetworkArgument(info, 2);
  if (!network) return env.Undefined();
  if (!info[3].IsObject()) return ThrowTypeError(env, "the options are { timeout: milliseconds }");
  const Napi::Value timeout = info[3].As<Napi::Object>().Get("timeout");
  if (!timeout.IsNumber()) return ThrowTypeError(env, "the options are { timeout: milliseconds }");
  auto task = std::make_unique<TransactTask>(info[0].As<Napi::Number>().Int32Value(), *request,
                                             timeout.As<Napi::Number>().Int32Value());
  return Queue(env, std::move(task), std::move(*network));
}

}  // namespace rampart
