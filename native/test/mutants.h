#pragma once

#include <cstddef>
#include <cstdint>

namespace rampart::test {

/** Bytes that differ from others in a few places: the same ones each time. */
class Mutants {
 public:
  size_t Random(size_t below) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_ % below;
  }
  template <typename Bytes>
  Bytes Of(Bytes bytes) {
    for (size_t changes = Random(4) + 1; changes > 0; changes--)
      bytes[Random(bytes.size())] ^= static_cast<typename Bytes::value_type>(1 << Random(8));
    if (Random(8) == 0) bytes.resize(Random(bytes.size()));
    return bytes;
  }

 private:
  uint32_t state_ = 2463534242;
};

}  // namespace rampart::test
