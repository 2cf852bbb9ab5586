#pragma once

#include <napi.h>

#include "../core/unique_fd.h"

namespace rampart {

/**
 * An object that owns a file descriptor until its method is called or it is collected, whichever is first.
 * Tagged, so that both addons take each other's handles and nothing else.
 */
struct FdHandle {
  const char* method;
  napi_type_tag tag;
};
extern const FdHandle kNamespaceHandle;
extern const FdHandle kLockHandle;

Napi::Value NewFdHandle(Napi::Env env, const FdHandle& kind, UniqueFd fd);

/** A descriptor of its own for the call, of a handle that may be closed during it. Empty, with errno, if it
 * was. */
UniqueFd DuplicateOf(Napi::Env env, const FdHandle& kind, const Napi::Value& value);

}  // namespace rampart
