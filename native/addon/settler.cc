#include "settler.h"

namespace rampart {

Settler::~Settler() {
  for (const napi_ref function : {resolve_, reject_})
    if (function != nullptr) napi_delete_reference(env_, function);
}

napi_value Settler::Promise() {
  napi_value global = nullptr, constructor = nullptr, executor = nullptr, promise = nullptr;
  const bool made = napi_get_global(env_, &global) == napi_ok &&
                    napi_get_named_property(env_, global, "Promise", &constructor) == napi_ok &&
                    napi_create_function(env_, nullptr, 0, Take, this, &executor) == napi_ok &&
                    napi_new_instance(env_, constructor, 1, &executor, &promise) == napi_ok;
  return made && resolve_ != nullptr && reject_ != nullptr ? promise : nullptr;
}

/** What `new Promise` calls with the two functions that settle it, before it returns. */
napi_value Settler::Take(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value functions[2] = {};
  void* data = nullptr;
  if (napi_get_cb_info(env, info, &count, functions, nullptr, &data) != napi_ok) return nullptr;
  auto& settler = *static_cast<Settler*>(data);
  if (napi_create_reference(env, functions[0], 1, &settler.resolve_) == napi_ok)
    napi_create_reference(env, functions[1], 1, &settler.reject_);
  return nullptr;
}

void Settler::Call(napi_ref function, napi_value argument) {
  napi_value callee = nullptr, nobody = nullptr;
  // Where this fails the environment is going down, and nobody waits any more.
  if (napi_get_reference_value(env_, function, &callee) == napi_ok &&
      napi_get_undefined(env_, &nobody) == napi_ok)
    napi_call_function(env_, nobody, callee, 1, &argument, nullptr);
}

}  // namespace rampart
