#pragma once

#include <memory>
#include <string>

#include "../blocks.h"
#include "../failure.h"
#include "entry.h"
#include "patch.h"
#include "session.h"

namespace rampart {

/**
 * One table on its way to the kernel. Its patch may come in pieces, so that libiptc works on the first ones
 * while the next are still being made; nothing reaches the kernel before the commit. Any thread may make the
 * next call, in the table's network namespace. What failed once fails from then on.
 */
class TableWriter {
 public:
  TableWriter(Family family, std::string table);
  TableWriter(const TableWriter&) = delete;
  TableWriter& operator=(const TableWriter&) = delete;
  ~TableWriter() {
    // Often on the JavaScript thread, which must not wait for others.
    if (opened_) Free(End());
  }

  Family family() const { return family_; }
  const std::string& table() const { return table_; }

  /** Applies the next piece, or keeps it while the table does not exist: only a commit makes one. */
  Status Apply(Blocks piece);
  /** Applies the last piece and commits; or fails, and nothing changed unless the failure says so. */
  Status Commit(Blocks piece);
  /** What is to be freed; nothing can follow. */
  Remains End();

  /** The table as libiptc has it, of either family. */
  class Opened {
   public:
    virtual ~Opened() = default;
    virtual Status Read(View block) = 0;
    virtual Status Compare(const PatchHeader& header) = 0;
    virtual Status Commit() = 0;
  };

 private:
  Status Open();
  Status ReadPending();

  const Family family_;
  const std::string table_;
  Blocks pending_;
  std::unique_ptr<Opened> opened_;
  Status failure_;
};

}  // namespace rampart
