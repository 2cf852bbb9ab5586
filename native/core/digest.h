#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace rampart {

/**
 * 128 bits that tell tables apart: two folded-multiply lanes that take the same words in different roles.
 * Fast rather than cryptographic: whoever could forge a collision may already write the firewall.
 */
class Digest {
 public:
  using Value = std::array<uint8_t, 16>;

  /** `size` is a multiple of 8. */
  void Add(const uint8_t* data, size_t size);
  void Add(uint64_t word);
  Value Finish() const;

 private:
  uint64_t a_ = 0x9e3779b97f4a7c15;
  uint64_t b_ = 0xc2b2ae3d27d4eb4f;
  uint64_t words_ = 0;
};

}  // namespace rampart
