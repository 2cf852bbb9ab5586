#pragma once

#include <napi.h>

namespace rampart {

/** subscribe(protocol, group, namespace) */
Napi::Value SubscribeCall(const Napi::CallbackInfo& info);

}  // namespace rampart
