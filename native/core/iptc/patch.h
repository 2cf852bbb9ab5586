#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "../digest.h"
#include "../failure.h"
#include "../pages.h"
#include "entry.h"

namespace rampart {

/** What a record does; a patch comes in blocks of whole records (native/README.md). */
enum class Op : uint32_t {
  kHeader,
  kPart,
  kSeries,
  kChain,
  // From here on they are operations, which the sink gets and failures count.
  kReset,
  kCreate,
  kDelete,
  kRename,
  kFlush,
  kPolicy,
  kAppend,
  kAgain,
  kInsert,
  kReplace,
  kRemove,
  kCounters,
  kZero,
  kZeroRule,
};

/** One checked operation of a patch; which fields count is said by `op`. The pointers live until the next
 * one. */
struct Operation {
  Op op;
  const char* chain;
  const char* to = nullptr;
  int32_t policy = 0;
  uint32_t position = 0;
  uint32_t count = 0;
  bool has_counters = false;
  Counters counters = {};
  /** A whole ipt_entry or ip6t_entry, sound in the sense of EntryIsSound. */
  View entry = {};
};

struct PatchHeader {
  bool compare;
  Digest::Value digest;
};
/** The header at the beginning of the first block. */
Result<PatchHeader> ReadHeader(View block);

class PatchSink {
 public:
  virtual ~PatchSink() = default;
  virtual Status Apply(const Operation& operation) = 0;
};

/**
 * Takes a patch apart, block by block, and believes nothing: whatever libiptc would abort() on is refused
 * here, before it sees it. Failures carry the number of the operation.
 */
class PatchReader {
 public:
  PatchReader(Family family, PatchSink& sink) : layout_(LayoutOf(family)), sink_(sink) {}
  Status Read(View block);

 private:
  struct Part {
    size_t offset;
    size_t size;
  };
  struct Range {
    size_t offset;
    size_t size;
  };
  /** A rule that is appended again and again, with other bytes in its ranges. */
  struct Series {
    std::vector<uint8_t> entry;
    std::vector<Range> ranges;
    /** Of all ranges. */
    size_t size;
  };
  Status Record(Op op, View payload);
  bool AddPart(View payload);
  bool AddSeries(View payload);
  /** Whether the entry stays sound whatever stands in the range. */
  bool MayChange(const uint8_t* entry, size_t offset, size_t size) const;
  bool SelectChain(View payload);
  /** Fills in the operation, or says that the payload cannot be that. */
  bool Parse(View payload, Operation& operation);
  bool ParseRule(View payload, Operation& operation);
  bool ParseAgain(View payload, Operation& operation);
  bool Assemble(View header, const uint8_t* ids, size_t count);
  bool FinishTarget(uint8_t* target) const;

  const EntryLayout& layout_;
  PatchSink& sink_;
  bool begun_ = false;
  int32_t operations_ = 0;
  char chain_[kChainNameSize] = {};
  char to_[kChainNameSize] = {};
  std::vector<Part> parts_;
  std::vector<Series> series_;
  Pages part_bytes_;
  size_t part_size_ = 0;
  size_t entry_size_ = 0;
  alignas(16) std::array<uint8_t, kLargestEntry> entry_;
};

}  // namespace rampart
