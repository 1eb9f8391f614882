// The contestant that everybody writes: a deque under a mutex, a condition variable, a future a
// task that somebody waits for. BS::thread_pool is this with more methods.
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

#include "tasks.h"

namespace {

class Mutex {
 public:
  explicit Mutex(unsigned threads) {
    while (threads-- != 0) threads_.emplace_back([this] { work(); });
  }
  ~Mutex() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    ready_.notify_all();
    for (std::thread &thread : threads_) thread.join();
  }
  Mutex(const Mutex &) = delete;
  Mutex &operator=(const Mutex &) = delete;

  template <class F>
  void many(size_t count, F task) {
    for (size_t i = 0; i < count; i++) push(task);
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return tasks_.empty() && running_ == 0; });
  }

  // Blocks, two a thread, as such a pool has it; through a pointer, as a library has to call what
  // its user gave it.
  template <class F>
  void batch(size_t count, F) {
    void (*volatile given)(size_t) = [](size_t index) { F()(index); };
    const auto item = given;
    const size_t blocks = 2 * threads_.size();
    std::vector<std::future<void>> ends;
    for (size_t block = 0; block < blocks; block++) {
      ends.push_back(submit([=] {
        for (size_t i = count * block / blocks; i < count * (block + 1) / blocks; i++) item(i);
      }));
    }
    for (std::future<void> &end : ends) end.get();
  }

  template <class F>
  void one(F task) {
    submit(task).get();
  }

  tasks::Clock::duration late(tasks::Clock::duration timeout) {
    std::promise<void> over;
    std::future<void> end = submit([&over] { over.get_future().wait(); });
    const auto begin = tasks::Clock::now();
    if (end.wait_for(timeout) == std::future_status::ready) tasks::fail("no timeout");
    const auto taken = tasks::Clock::now() - begin;
    over.set_value();
    end.get();
    return taken;
  }

 private:
  template <class F>
  std::future<void> submit(F task) {
    const auto packaged = std::make_shared<std::packaged_task<void()>>(std::move(task));
    push([packaged] { (*packaged)(); });
    return packaged->get_future();
  }

  void push(std::function<void()> task) {
    {
      std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    ready_.notify_one();
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      ready_.wait(lock, [this] { return closed_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      {
        const std::function<void()> task = std::move(tasks_.front());
        tasks_.pop_front();
        ++running_;
        lock.unlock();
        task();
      }
      lock.lock();
      if (--running_ == 0 && tasks_.empty()) idle_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable ready_;
  std::condition_variable idle_;
  std::deque<std::function<void()>> tasks_;
  size_t running_ = 0;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

int main(int argc, char **argv) { return tasks::run<Mutex>(argc, argv, "1"); }
