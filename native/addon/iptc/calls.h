#pragma once

#include <napi.h>

namespace rampart {

Napi::Value TableNamesCall(const Napi::CallbackInfo& info);
Napi::Value ReadTableCall(const Napi::CallbackInfo& info);
Napi::Value ApplyPatchCall(const Napi::CallbackInfo& info);
Napi::Value CommitTableCall(const Napi::CallbackInfo& info);
Napi::Value DropPatchCall(const Napi::CallbackInfo& info);
Napi::Value TryLockCall(const Napi::CallbackInfo& info);

}  // namespace rampart
