#pragma once

#include <napi.h>

#include "../core/failure.h"

namespace rampart {

/** The Error that every failure becomes: errno, syscall, index and applied are its own properties. */
Napi::Error ToError(Napi::Env env, const Failure& failure);

/** Throws it into JavaScript; the value is for `return`. */
Napi::Value Throw(Napi::Env env, const Failure& failure);
/** For calls that no TypeScript compiler would let through. */
Napi::Value ThrowTypeError(Napi::Env env, const char* message);

}  // namespace rampart
