// A list that only grows, in pages that never move: appending costs no copy of what is there, and
// ten million entries never need twice their room.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace ringside::visualizer {

template <typename T, std::size_t PageSize = 4096>
class Paged {
public:
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    T& operator[](std::size_t index) { return (*pages_[index / PageSize])[index % PageSize]; }
    T const& operator[](std::size_t index) const
    {
        return (*pages_[index / PageSize])[index % PageSize];
    }
    T& back() { return (*this)[size_ - 1]; }
    T const& back() const { return (*this)[size_ - 1]; }

    void push_back(T const& value)
    {
        if (size_ == pages_.size() * PageSize)
            pages_.push_back(std::make_unique<std::array<T, PageSize>>());
        (*this)[size_++] = value;
    }

private:
    std::vector<std::unique_ptr<std::array<T, PageSize>>> pages_;
    std::size_t size_ = 0;
};

} // namespace ringside::visualizer
