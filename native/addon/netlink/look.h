#pragma once

#include <napi.h>

namespace rampart {

/** procNet(name, namespace) */
Napi::Value ProcNetCall(const Napi::CallbackInfo& info);
/** socketOption(family, level, option, value, namespace) */
Napi::Value SocketOptionCall(const Napi::CallbackInfo& info);

}  // namespace rampart
