#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "bytes.h"

namespace rampart {

/**
 * Zeroed memory straight from the kernel. Tables are tens of megabytes: these go back to the kernel the
 * moment they are dropped, whatever malloc's thresholds have become, and grow without a copy.
 */
class Pages {
 public:
  Pages() = default;
  Pages(Pages&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), capacity_(std::exchange(other.capacity_, 0)) {}
  Pages& operator=(Pages&& other) noexcept;
  ~Pages() { Drop(); }

  /** Makes room for `size` bytes; false when there is none, and then nothing changed. */
  [[nodiscard]] bool Reserve(size_t size);
  /** The same with room to spare, for what grows piece by piece. */
  [[nodiscard]] bool Grow(size_t size) { return size <= capacity_ || Reserve(std::max(size, capacity_ * 2)); }
  void Drop();

  uint8_t* data() { return data_; }
  const uint8_t* data() const { return data_; }
  size_t capacity() const { return capacity_; }

 private:
  uint8_t* data_ = nullptr;
  size_t capacity_ = 0;
};

}  // namespace rampart
