#pragma once

#include <napi.h>

namespace rampart {

Napi::Value TransactCall(const Napi::CallbackInfo& info);

}  // namespace rampart
