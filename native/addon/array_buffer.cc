#include "array_buffer.h"

#include <memory>

namespace rampart {
namespace {

void Collect(napi_env, void*, void* pages) { const std::unique_ptr<Pages> last(static_cast<Pages*>(pages)); }

}  // namespace

Napi::Value ToArrayBuffer(Napi::Env env, Pages pages, View bytes) {
  auto owned = std::make_unique<Pages>(std::move(pages));
  napi_value buffer = nullptr;
  // The API takes a pointer to mutable bytes; they lie in our own mutable pages.
  void* const data = const_cast<uint8_t*>(bytes.data);
  if (napi_create_external_arraybuffer(env, data, bytes.size, Collect, owned.get(), &buffer) == napi_ok) {
    owned.release();
    return Napi::Value(env, buffer);
  }
  // Electron does not allow memory from outside of V8's own.
  void* copy = nullptr;
  if (napi_create_arraybuffer(env, bytes.size, &copy, &buffer) != napi_ok) return Napi::Value();
  std::memcpy(copy, bytes.data, bytes.size);
  return Napi::Value(env, buffer);
}

}  // namespace rampart
