#pragma once

#include <string>
#include <vector>

#include "../core/iptc/patch.h"
#include "../test/patch_builder.h"

namespace rampart::fuzz {

/** Takes the operations of a patch as libiptc would, touches every byte of them, and holds them to their
 * word. */
class Witness : public PatchSink {
 public:
  /** Refuses one operation, counted from 1. */
  Witness(Family family, int refused) : layout_(LayoutOf(family)), refused_(refused) {}
  Status Apply(const Operation& operation) override;

  /** What came, byte by byte. */
  const test::Bytes& seen() const { return seen_; }
  int operations() const { return operations_; }

 private:
  void CheckNames(const Operation& operation);
  void CheckEntry(const Operation& operation);
  void Note(const void* data, size_t size);

  const EntryLayout& layout_;
  const int refused_;
  int operations_ = 0;
  test::Bytes seen_;
};

}  // namespace rampart::fuzz
