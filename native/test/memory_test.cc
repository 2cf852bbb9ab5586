#include <fcntl.h>

#include <cerrno>

#include "../core/blocks.h"
#include "../core/digest.h"
#include "../core/file.h"
#include "../core/pages.h"
#include "../core/unique_fd.h"
#include "check.h"

namespace rampart::test {
namespace {

const Test kPages("pages grow, keep what they hold and begin as zeros", [] {
  Pages pages;
  Check(pages.Reserve(10), "a few bytes");
  pages.data()[9] = 42;
  Check(pages.Reserve(3 << 20), "more");
  Equal(pages.data()[9], 42);
  Equal(pages.data()[(3 << 20) - 1], 0);
  const auto* const data = pages.data();
  Check(pages.Reserve(5) && pages.data() == data, "less is nothing to do");
  Check(!pages.Reserve(SIZE_MAX) && !pages.Reserve(size_t{1} << 50), "too much is refused");
  Equal(pages.data()[9], 42);
  Pages other = std::move(pages);
  Check(pages.data() == nullptr && pages.capacity() == 0, "moved away");
  pages = std::move(other);
  Equal(pages.data()[9], 42);
  pages.Drop();
  pages.Drop();
});

const Test kBlocks("blocks keep apart what is pushed", [] {
  const uint8_t bytes[] = {1, 2, 3, 4, 5};
  Blocks blocks;
  Check(blocks.Push({bytes, 0}), "nothing is nothing");
  Equal(blocks.count(), 0u);
  Check(blocks.Push({bytes, 5}) && blocks.Push({bytes, 2}), "two");
  Equal(blocks.count(), 2u);
  Equal(blocks.size(), 7u);
  Check(blocks.at(0).size == 5 && std::memcmp(blocks.at(0).data, bytes, 5) == 0, "the first");
  blocks.PopFront();
  Equal(blocks.count(), 1u);
  Equal(blocks.size(), 2u);
  blocks.PopFront();
  Equal(blocks.size(), 0u);
});

const Test kFd("a descriptor is closed once, by its last owner", [] {
  UniqueFd first(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int number = first.get();
  UniqueFd copy = first.Duplicate();
  Check(copy && copy.get() != number, "a duplicate is another");
  Check((fcntl(copy.get(), F_GETFD) & FD_CLOEXEC) != 0, "no program inherits it");
  UniqueFd second = std::move(first);
  Check(!first && second.get() == number, "moved away");
  second = std::move(copy);
  Check(fcntl(number, F_GETFD) == -1 && errno == EBADF, "the one assigned over is closed");
  Check(!UniqueFd().Duplicate(), "of nothing there is no duplicate");
});

const Test kFile("a file of /proc is read whole, whatever its size says", [] {
  auto text = ReadFile("/proc/self/maps");
  Check(text.ok() && text.value().size() > 4096, "more than a buffer");
  Fails(StatusOf(ReadFile("/nonexistent")), ENOENT, "open");
  Fails(StatusOf(ReadFile("/tmp")), EISDIR, "read");
});

const Test kDigest("a digest does not depend on how it is fed, but on order, length and every bit", [] {
  uint8_t bytes[64] = {};
  const auto of = [&](size_t size) {
    Digest digest;
    digest.Add(bytes, size);
    return digest.Finish();
  };
  for (size_t size = 0; size < 64; size += 8) Check(of(size) != of(size + 8), "the length counts");
  const auto reference = of(64);
  for (size_t bit = 0; bit < 512; bit++) {
    bytes[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    Check(of(64) != reference, "a bit counts");
    bytes[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
  }
  bytes[0] = 1;
  const auto one = of(64);
  bytes[0] = 0;
  for (size_t at = 8; at < 64; at += 8) {
    bytes[at] = 1;
    Check(of(64) != one, "the order counts");
    bytes[at] = 0;
  }
});

}  // namespace
}  // namespace rampart::test
