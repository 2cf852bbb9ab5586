#pragma once

#include <cstddef>
#include <deque>

#include "bytes.h"
#include "pages.h"

namespace rampart {

/** Bytes on their way from JavaScript to the kernel, in blocks that are given back one by one. */
class Blocks {
 public:
  /** Copies into a block of its own; of nothing there is none. False when there is no memory. */
  [[nodiscard]] bool Push(View bytes);
  /** Takes the other's blocks over, behind its own. */
  void TakeOver(Blocks other);
  /** Gives the first block's memory back. */
  void PopFront();

  /** In bytes. */
  size_t size() const { return size_; }
  size_t count() const { return blocks_.size(); }
  View at(size_t block) const { return {blocks_[block].pages.data(), blocks_[block].size}; }

 private:
  struct Block {
    Pages pages;
    size_t size;
  };
  std::deque<Block> blocks_;
  size_t size_ = 0;
};

}  // namespace rampart
