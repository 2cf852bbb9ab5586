#include "blocks.h"

namespace rampart {

bool Blocks::Push(View bytes) {
  if (bytes.size == 0) return true;
  Pages pages;
  if (!pages.Reserve(bytes.size)) return false;
  std::memcpy(pages.data(), bytes.data, bytes.size);
  blocks_.push_back({std::move(pages), bytes.size});
  size_ += bytes.size;
  return true;
}

bool Blocks::Append(View bytes) {
  if (blocks_.empty()) return Push(bytes);
  if (bytes.size == 0) return true;
  Block& last = blocks_.back();
  const size_t size = last.size + bytes.size;
  if (!last.pages.Grow(size)) return false;
  std::memcpy(last.pages.data() + last.size, bytes.data, bytes.size);
  last.size = size;
  size_ += bytes.size;
  return true;
}

void Blocks::TakeOver(Blocks other) {
  size_ += other.size_;
  for (auto& block : other.blocks_) blocks_.push_back(std::move(block));
}

void Blocks::PopFront() {
  size_ -= blocks_.front().size;
  blocks_.pop_front();
}

}  // namespace rampart
