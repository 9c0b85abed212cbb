#include "providers/shared_object.h"

#include <elf.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

namespace wascc::providers {
namespace {

// More of anything is no library that somebody made on purpose.
constexpr std::size_t kMaxEntries = 4096;

Error broken(const char* what) {
  return Error(Errc::kMalformed, std::string("no sound ELF file: ") + what);
}

// The file, as its headers address it.
class File {
 public:
  explicit File(ByteView bytes) : bytes_(bytes) {}

  template <class T>
  std::optional<T> at(std::uint64_t offset) const {
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }

  // The text at an offset of a table; nothing if it does not end within.
  std::optional<std::string> text(std::uint64_t table, std::uint64_t size,
                                  std::uint64_t offset) const {
    if (table > bytes_.size() || size > bytes_.size() - table || offset >= size)
      return std::nullopt;
    const std::string_view rest = as_text(bytes_.subspan(table + offset, size - offset));
    const std::size_t end = rest.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    return std::string(rest.substr(0, end));
  }

 private:
  ByteView bytes_;
};

class Parser {
 public:
  explicit Parser(ByteView bytes) : file_(bytes) {}

  Result<SharedObject> parse() {
    const auto header = file_.at<Elf64_Ehdr>(0);
    if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
      return broken("no ELF header");
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
        header->e_type != ET_DYN || header->e_phentsize != sizeof(Elf64_Phdr))
      return broken("it is no 64-bit shared object");
    object_.machine = header->e_machine;
    for (std::uint64_t i = 0; i < header->e_phnum; ++i) {
      const auto segment = file_.at<Elf64_Phdr>(header->e_phoff + i * sizeof(Elf64_Phdr));
      if (!segment) return broken("its segments lie outside");
      if (segment->p_type == PT_LOAD) loaded_.push_back(*segment);
      if (segment->p_type == PT_DYNAMIC) dynamic_ = *segment;
    }
    if (!dynamic_) return broken("no dynamic section");
    WASCC_CHECK(read_dynamic());
    WASCC_CHECK(read_versions());
    return std::move(object_);
  }

 private:
  // Where the file holds what will lie at that address.
  std::optional<std::uint64_t> offset_of(std::uint64_t address) const {
    for (const Elf64_Phdr& segment : loaded_)
      if (address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
        return segment.p_offset + (address - segment.p_vaddr);
    return std::nullopt;
  }

  std::optional<std::string> name(std::uint64_t offset) const {
    return file_.text(names_, names_size_, offset);
  }

  Status read_dynamic() {
    std::vector<Elf64_Dyn> entries;
    for (std::uint64_t i = 0; i < dynamic_->p_filesz / sizeof(Elf64_Dyn); ++i) {
      const auto entry = file_.at<Elf64_Dyn>(dynamic_->p_offset + i * sizeof(Elf64_Dyn));
      if (!entry || entries.size() == kMaxEntries)
        return broken("its dynamic section lies outside");
      if (entry->d_tag == DT_NULL) break;
      entries.push_back(*entry);
    }
    for (const Elf64_Dyn& entry : entries) {
      const auto offset = offset_of(entry.d_un.d_ptr);
      if (entry.d_tag == DT_STRTAB && offset) names_ = *offset;
      if (entry.d_tag == DT_STRSZ) names_size_ = entry.d_un.d_val;
      if (entry.d_tag == DT_VERNEED && offset) needs_ = *offset;
      if (entry.d_tag == DT_VERNEEDNUM) needs_count_ = entry.d_un.d_val;
    }
    bool old_tag = false, new_tag = false;
    for (const Elf64_Dyn& entry : entries) {
      const bool named = entry.d_tag == DT_NEEDED || entry.d_tag == DT_SONAME ||
                         entry.d_tag == DT_RUNPATH || entry.d_tag == DT_RPATH;
      if (!named) continue;
      auto text = name(entry.d_un.d_val);
      if (!text) return broken("a name lies outside");
      if (entry.d_tag == DT_NEEDED)
        object_.needed.push_back(*std::move(text));
      else if (entry.d_tag == DT_SONAME)
        object_.name = *std::move(text);
      else
        add_run_path(*text);
      if (entry.d_tag == DT_RPATH) old_tag = true;
      if (entry.d_tag == DT_RUNPATH) new_tag = true;
    }
    object_.run_path_is_inherited = old_tag && !new_tag;
    return {};
  }

  void add_run_path(std::string_view path) {
    while (!path.empty()) {
      const std::size_t end = std::min(path.find(':'), path.size());
      if (end > 0) object_.run_path.emplace_back(path.substr(0, end));
      path.remove_prefix(std::min(end + 1, path.size()));
    }
  }

  // A list of libraries, each with a list of the versions that are needed of it.
  Status read_versions() {
    std::uint64_t at = needs_;
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(needs_count_, kMaxEntries); ++i) {
      const auto need = file_.at<Elf64_Verneed>(at);
      if (!need) return broken("its versions lie outside");
      std::uint64_t one = at + need->vn_aux;
      for (unsigned j = 0; j < need->vn_cnt; ++j) {
        const auto version = file_.at<Elf64_Vernaux>(one);
        auto text = version ? name(version->vna_name) : std::nullopt;
        if (!text || object_.versions.size() == kMaxEntries)
          return broken("its versions lie outside");
        object_.versions.push_back(*std::move(text));
        if (version->vna_next == 0) break;
        one += version->vna_next;
      }
      if (need->vn_next == 0) break;
      at += need->vn_next;
    }
    return {};
  }

  const File file_;
  SharedObject object_;
  std::vector<Elf64_Phdr> loaded_;
  std::optional<Elf64_Phdr> dynamic_;
  std::uint64_t names_ = 0, names_size_ = 0, needs_ = 0, needs_count_ = 0;
};

// "2.34" to {2, 34}; {0, 0} for what is no version.
std::pair<unsigned, unsigned> numbers(std::string_view version) {
  std::pair<unsigned, unsigned> found{0, 0};
  const char* const end = version.data() + version.size();
  const auto major = std::from_chars(version.data(), end, found.first);
  if (major.ptr != end && *major.ptr == '.') std::from_chars(major.ptr + 1, end, found.second);
  return found;
}

}  // namespace

Result<SharedObject> read_shared_object(ByteView file) { return Parser(file).parse(); }

std::vector<std::string> newer_than_glibc(const SharedObject& object, std::string_view newest) {
  constexpr std::string_view kPrefix = "GLIBC_";
  std::vector<std::string> found;
  for (const std::string& version : object.versions)
    if (version.starts_with(kPrefix) &&
        numbers(std::string_view(version).substr(kPrefix.size())) > numbers(newest) &&
        std::find(found.begin(), found.end(), version) == found.end())
      found.push_back(version);
  return found;
}

std::string_view machine_name(std::uint16_t machine) {
  if (machine == EM_X86_64) return "x86_64";
  if (machine == EM_AARCH64) return "aarch64";
  return {};
}

std::uint16_t this_machine() {
#if defined(__x86_64__)
  return EM_X86_64;
#elif defined(__aarch64__)
  return EM_AARCH64;
#endif
}

}  // namespace wascc::providers
