// What a set of modules was at one moment: figures, texts, and the whole as a table or as JSON.
// Immutable once it is made, so that texts can be lent and any thread may read.
#pragma once

#include <brisk/modules.h>

#include <array>
#include <string>
#include <vector>

#include "base/ref.h"

namespace brisk::modules {

class Report final : public Counted {
 public:
  static constexpr size_t parts = BRISK_MODULE_TEXT_LOG + 1;

  struct Entry {
    brisk_module_figures figures{};
    std::array<std::string, parts> texts;

    const std::string &text(brisk_module_text part) const noexcept {
      return texts[static_cast<size_t>(part)];
    }
  };

  explicit Report(std::vector<Entry> entries);

  const std::vector<Entry> &entries() const noexcept { return entries_; }
  const std::string &text() const noexcept { return text_; }
  const std::string &json() const noexcept { return json_; }

 private:
  const std::vector<Entry> entries_;
  const std::string text_;
  const std::string json_;
};

}  // namespace brisk::modules
