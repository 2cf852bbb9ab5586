#include "result.h"

namespace rampart {

Napi::Error ToError(Napi::Env env, const Failure& failure) {
  Napi::Error error = Napi::Error::New(env, Describe(failure));
  // The environment may be going down, and then has no objects any more.
  if (error.IsEmpty()) return error;
  error.Set("errno", Napi::Number::New(env, failure.error));
  error.Set("syscall", Napi::String::New(env, failure.call));
  error.Set("index", Napi::Number::New(env, failure.index));
  error.Set("applied", Napi::Boolean::New(env, failure.applied));
  return error;
}

Napi::Value Throw(Napi::Env env, const Failure& failure) {
  ToError(env, failure).ThrowAsJavaScriptException();
  return env.Undefined();
}

Napi::Value ThrowTypeError(Napi::Env env, const char* message) {
  Napi::TypeError::New(env, message).ThrowAsJavaScriptException();
  return env.Undefined();
}

}  // namespace rampart
