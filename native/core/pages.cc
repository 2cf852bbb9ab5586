#include "pages.h"

#include <sys/mman.h>

#ifdef RAMPART_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace rampart {
namespace {

constexpr size_t kHuge = size_t{2} << 20;
constexpr size_t kLargest = size_t{1} << 40;

#ifdef RAMPART_ASAN
/** AddressSanitizer knows where malloc's memory ends; of this memory it has to be told. */
constexpr size_t Tail(size_t capacity) { return -capacity % 4096; }
void Guard(const uint8_t* data, size_t capacity) {
  ASAN_POISON_MEMORY_REGION(data + capacity, Tail(capacity));
}
void Unguard(const uint8_t* data, size_t capacity) {
  ASAN_UNPOISON_MEMORY_REGION(data + capacity, Tail(capacity));
}
#else
void Guard(const uint8_t*, size_t) {}
void Unguard(const uint8_t*, size_t) {}
#endif

}  // namespace

Pages& Pages::operator=(Pages&& other) noexcept {
  if (this != &other) {
    Drop();
    data_ = std::exchange(other.data_, nullptr);
    capacity_ = std::exchange(other.capacity_, 0);
  }
  return *this;
}

bool Pages::Reserve(size_t size) {
  if (size <= capacity_) return true;
  if (size > kLargest) return false;
  if (data_ != nullptr) Unguard(data_, capacity_);
  void* data = data_ == nullptr
                   ? mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                   : mremap(data_, capacity_, size, MREMAP_MAYMOVE);
  const bool there = data != MAP_FAILED;
  if (there) {
    data_ = static_cast<uint8_t*>(data);
    capacity_ = size;
    // Tens of thousands of page faults cost as much as the copy that meets them. Where it is refused, nothing
    // is lost.
    if (size >= kHuge) madvise(data, size, MADV_HUGEPAGE);
  }
  if (data_ != nullptr) Guard(data_, capacity_);
  return there;
}

void Pages::Drop() {
  if (data_ == nullptr) return;
  Unguard(data_, capacity_);
  munmap(std::exchange(data_, nullptr), std::exchange(capacity_, 0));
}

}  // namespace rampart
