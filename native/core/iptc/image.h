#pragma once

#include <string>
#include <vector>

#include "../digest.h"
#include "../failure.h"
#include "../pages.h"
#include "entry.h"

namespace rampart {

/** A chain as an image and a digest know it. */
struct ChainFacts {
  const char* name;
  bool built_in;
  /** kAccept or kDrop; 0 of a user chain. */
  int32_t policy;
  Counters counters;
  uint32_t references;
  uint32_t rules;
};

/**
 * Turns the kernel's entry into the one that does not depend on where rules lie: no comefrom, and no verdict
 * where the jump says it all. `to` has room for the entry.
 */
void Canonicalise(View entry, const EntryLayout& layout, Jump jump, uint8_t* to);

/** Identifies a table whatever its counters: its chains in order, each after its rules. */
class TableDigest {
 public:
  explicit TableDigest(const EntryLayout& layout) : layout_(layout) {}
  void AddRule(const uint8_t* canonical, size_t size, Jump jump);
  void AddChain(const ChainFacts& chain);
  Digest::Value Finish() const { return digest_.Finish(); }

 private:
  const EntryLayout& layout_;
  Digest digest_;
};

/** An image, finished: `bytes` is the beginning of `pages`. */
struct Image {
  Pages pages;
  View bytes;
};

/**
 * Writes the image of a table (native/README.md) in one go, rule by rule as libiptc shows them: a walk ahead
 * only to count them would cost as much as the copy. So the directories, known at the end, are at the end.
 */
class ImageWriter {
 public:
  explicit ImageWriter(Family family);

  Status AddRule(View entry, Jump jump);
  Status AddChain(const ChainFacts& chain);
  Result<Image> Finish(const std::string& table);

 private:
  Status MakeRoom(size_t size);
  Status Note(const uint8_t* part, uint8_t kind);
  Status NoteExtensions(const uint8_t* entry, size_t target, Jump jump);

  const Family family_;
  const EntryLayout& layout_;
  Pages pages_;
  size_t size_;
  std::vector<uint8_t> chains_;
  std::vector<uint8_t> extensions_;
  std::vector<uint8_t> index_;
  TableDigest digest_;
};

}  // namespace rampart
