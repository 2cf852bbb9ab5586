#include "digest.h"

#include "bytes.h"

namespace rampart {
namespace {

// Odd constants without structure: the fractional parts of pi and e.
constexpr uint64_t kA = 0x243f6a8885a308d3;
constexpr uint64_t kB = 0xb7e151628aed2a6b;
constexpr uint64_t kEnd = 0x13198a2e03707345;

uint64_t Fold(uint64_t x, uint64_t y) {
  using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(x) * y;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace

void Digest::Add(const uint8_t* data, size_t size) {
  uint64_t a = a_, b = b_;
  const uint8_t* const end = data + size;
  for (; end - data >= 16; data += 16) {
    const auto first = Load<uint64_t>(data), second = Load<uint64_t>(data + 8);
    a = Fold(first ^ kA, second ^ a);
    b = Fold(second ^ kB, first ^ b);
  }
  a_ = a;
  b_ = b;
  words_ += size / 8;
  if (data != end) {
    words_--;
    Add(Load<uint64_t>(data));
  }
}

void Digest::Add(uint64_t word) {
  a_ = Fold(word ^ kA, a_ ^ kEnd);
  b_ = Fold(word ^ b_, kB);
  words_++;
}

Digest::Value Digest::Finish() const {
  Value value;
  Store(value.data(), Fold(a_ ^ words_ ^ kA, b_ ^ kEnd));
  Store(value.data() + 8, Fold(b_ ^ words_ ^ kB, Fold(a_ ^ kEnd, kB)));
  return value;
}

}  // namespace rampart
