#pragma once

#include <cstdint>
#include <unordered_map>

#include "../failure.h"
#include "message.h"

namespace rampart {

/** Which ends of the messages of one datagram are still to come. */
class ExpectedEnds {
 public:
  /** Looks through the datagram that will be sent. */
  explicit ExpectedEnds(const Datagram& datagram);
  /** Looks through what was received; a failure if it is not made of whole messages. */
  Status Note(View received);

  /**
   * Whether more must come. The kernel answers while it is being sent to, except for dumps, which come as
   * they are read; and a refused batch leaves its other messages without an answer.
   */
  bool IsDue() const { return dumps_ > 0 || (acknowledgements_ > 0 && !refused_); }
  bool IsDumping() const { return dumps_ > 0; }
  /** Whether the kernel has said no to anything. */
  bool IsRefused() const { return refused_; }

 private:
  struct Ends {
    uint32_t acknowledgements = 0;
    uint32_t dumps = 0;
  };
  void End(uint32_t sequence, uint16_t type);

  std::unordered_map<uint32_t, Ends> ends_;
  size_t acknowledgements_ = 0;
  size_t dumps_ = 0;
  bool refused_ = false;
};

}  // namespace rampart
