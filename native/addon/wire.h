#pragma once

namespace rampart {

/** Of native/README.md. src/native.ts refuses an addon that says another one. */
constexpr int kWireVersion = 7;

}  // namespace rampart
