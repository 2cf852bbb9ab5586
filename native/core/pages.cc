#include "pages.h"

#include <sys/mman.h>

namespace rampart {
namespace {
constexpr size_t kPage = 4096;
constexpr size_t kHuge = size_t{2} << 20;
constexpr size_t kLargest = size_t{1} << 40;
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
  const size_t capacity = (size + kPage - 1) & ~(kPage - 1);
  void* data = data_ == nullptr
                   ? mmap(nullptr, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                   : mremap(data_, capacity_, capacity, MREMAP_MAYMOVE);
  if (data == MAP_FAILED) return false;
  data_ = static_cast<uint8_t*>(data);
  capacity_ = capacity;
  // Tens of thousands of page faults cost as much as the copy that meets them. Where it is refused, nothing
  // is lost.
  if (capacity >= kHuge) madvise(data, capacity, MADV_HUGEPAGE);
  return true;
}

void Pages::Drop() {
  if (data_ != nullptr) munmap(std::exchange(data_, nullptr), std::exchange(capacity_, 0));
}

}  // namespace rampart
