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

void Blocks::TakeOver(Blocks other) {
  size_ += other.size_;
  for (auto& block : other.blocks_) blocks_.push_back(std::move(block));
}

void Blocks::PopFront() {
  size_ -= blocks_.front().size;
  blocks_.pop_front();
}

}  // namespace rampart
