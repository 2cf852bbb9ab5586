#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "../core/failure.h"

namespace rampart {

/** One xtables table to put back. */
struct TableJob {
  /** 4 or 6. */
  int family;
  std::string name;

  /** `4.filter`: what its files are called, and it in reports. */
  std::string Label() const { return std::to_string(family) + "." + name; }
};

/** What the file `job` says; README.md has its lines. */
struct GuardJob {
  int64_t within_ms = 0;
  pid_t caller = 0;
  /** When the caller began, in clock ticks since the boot: a pid alone may have come to mean another. */
  uint64_t caller_start = 0;
  bool rollback_on_exit = false;
  bool announce = false;
  /** Empty: the guard's own. */
  std::string name_space;
  /** Empty: none is taken. */
  std::string lock;
  std::vector<TableJob> tables;
  /** Of nf_tables, for which the batches were made. */
  std::vector<uint32_t> generations;
  /** Files with netlink batches, each with what is tried where the kernel refuses it; empty if nothing is. */
  struct Batch {
    std::string name;
    std::string fallback;
  };
  std::vector<Batch> batches;
};

/** EINVAL where it is none. */
Result<GuardJob> ParseJob(const std::string& text);

}  // namespace rampart
