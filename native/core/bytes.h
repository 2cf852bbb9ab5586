#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace rampart {

/** Bytes that someone else owns. */
struct View {
  const uint8_t* data = nullptr;
  size_t size = 0;
};

/** Reads and writes at any alignment; the compiler makes one move of it. */
template <typename T>
T Load(const uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
template <typename T>
void Store(uint8_t* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

constexpr size_t Align8(size_t size) { return (size + 7) & ~size_t{7}; }

/** Whether a name ends inside of its field, so that it can be handed out as a C string. */
inline bool Terminated(const uint8_t* field, size_t size) { return std::memchr(field, 0, size) != nullptr; }

}  // namespace rampart
