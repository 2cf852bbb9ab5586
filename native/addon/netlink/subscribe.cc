#include "subscribe.h"

#include <utility>

#include "../../core/netlink/subscription.h"
#include "../arguments.h"
#include "../result.h"

namespace rampart {

Napi::Value SubscribeCall(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsNumber() || !info[1].IsNumber())
    return ThrowTypeError(env, "protocol and group are numbers");
  auto network = NetworkArgument(info, 2);
  if (!network) return env.Undefined();
  auto stream = Subscribe(info[0].As<Napi::Number>().Int32Value(), info[1].As<Napi::Number>().Uint32Value(),
                          std::move(*network));
  if (!stream.ok()) return Throw(env, stream.failure());
  return Napi::Number::New(env, stream.value().Release());
}

}  // namespace rampart
