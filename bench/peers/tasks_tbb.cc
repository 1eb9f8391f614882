// The contestant oneTBB among pools of threads: task_group and parallel_for. Its caller is one of
// the threads, as its documentation has it.
#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_group.h>
#include <oneapi/tbb/version.h>

#include "tasks.h"

namespace {

class Tbb {
 public:
  explicit Tbb(unsigned threads)
      : threads_(oneapi::tbb::global_control::max_allowed_parallelism, threads) {}

  template <class F>
  void many(size_t count, F task) {
    oneapi::tbb::task_group group;
    for (size_t i = 0; i < count; i++) group.run(task);
    group.wait();
  }

  // Through a pointer, as a library has to call what its user gave it.
  template <class F>
  void batch(size_t count, F) {
    void (*volatile given)(size_t) = [](size_t index) { F()(index); };
    const auto call = given;
    oneapi::tbb::parallel_for(size_t{0}, count, [call](size_t index) { call(index); });
  }

  template <class F>
  void one(F task) {
    oneapi::tbb::task_group group;
    group.run(task);
    group.wait();
  }

 private:
  oneapi::tbb::global_control threads_;
};

}  // namespace

int main(int argc, char **argv) {
  const std::string version =
      std::to_string(TBB_VERSION_MAJOR) + "." + std::to_string(TBB_VERSION_MINOR);
  return tasks::run<Tbb>(argc, argv, version.c_str());
}
