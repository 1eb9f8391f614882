// Which pools there are, for fork: it takes the lock of each, and in the child each forgets its
// threads.
#pragma once

namespace brisk::workers {

class Workers;

class Forks {
 public:
  static void add(Workers &pool);
  static void remove(Workers &pool) noexcept;

 private:
  static void prepare() noexcept;
  static void in_parent() noexcept;
  static void in_child() noexcept;
};

}  // namespace brisk::workers
