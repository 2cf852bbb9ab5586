#pragma once

#include <napi.h>

namespace rampart {

/**
 * Settles one promise, or gives it up. Not a napi_deferred: that one is freed by being settled only, and
 * where a worker is being terminated nothing can be settled any more.
 */
class Settler {
 public:
  explicit Settler(napi_env env) : env_(env) {}
  Settler(const Settler&) = delete;
  Settler& operator=(const Settler&) = delete;
  ~Settler();

  /** Makes the promise; null if there can be none. */
  napi_value Promise();
  /** At most one of them, once. */
  void Resolve(napi_value value) { Call(resolve_, value); }
  void Reject(napi_value reason) { Call(reject_, reason); }

 private:
  static napi_value Take(napi_env env, napi_callback_info info);
  void Call(napi_ref function, napi_value argument);

  const napi_env env_;
  napi_ref resolve_ = nullptr;
  napi_ref reject_ = nullptr;
};

}  // namespace rampart
