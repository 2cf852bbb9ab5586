#pragma once

#include <napi.h>

#include "../core/pages.h"

namespace rampart {

/** An ArrayBuffer over `bytes`, which lie in `pages`; not copied, and given back when it is collected. */
Napi::Value ToArrayBuffer(Napi::Env env, Pages pages, View bytes);

}  // namespace rampart
