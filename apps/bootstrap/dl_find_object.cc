// _dl_find_object for a glibc that has none.
//
// The unwinder that g++ 12 links in asks _dl_find_object, new in glibc 2.35, where the unwind table
// of an address lies; Amazon Linux 2023 has glibc 2.34. Defined here, bootstrap-full needs nothing
// newer. Called while an exception is thrown, on any thread: no allocation, no lock of ours.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <link.h>

#include <cstddef>
#include <cstdint>

#ifdef DLFO_STRUCT_HAS_EH_DBASE  // the C library at hand knows the function, so the unwinder asks

namespace {

struct Search {
  std::uintptr_t address;
  dl_find_object* result;
};

int visit(dl_phdr_info* object, std::size_t, void* argument) {
  const Search& search = *static_cast<const Search*>(argument);
  std::uintptr_t start = UINTPTR_MAX;
  std::uintptr_t end = 0;
  std::uintptr_t frames = 0;
  bool inside = false;
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = object->dlpi_phdr[i];
    const std::uintptr_t from = object->dlpi_addr + header.p_vaddr;
    const std::uintptr_t to = from + header.p_memsz;
    if (header.p_type == PT_GNU_EH_FRAME) frames = from;
    if (header.p_type != PT_LOAD) continue;
    if (from < start) start = from;
    if (to > end) end = to;
    inside = inside || (search.address >= from && search.address < to);
  }
  if (!inside || frames == 0) return 0;  // on to the next object
  *search.result = {};
  search.result->dlfo_map_start = reinterpret_cast<void*>(start);
  search.result->dlfo_map_end = reinterpret_cast<void*>(end);
  search.result->dlfo_eh_frame = reinterpret_cast<void*>(frames);
  return 1;
}

}  // namespace

extern "C" int _dl_find_object(void* address, dl_find_object* result) noexcept {
  Search search{reinterpret_cast<std::uintptr_t>(address), result};
  return dl_iterate_phdr(visit, &search) == 1 ? 0 : -1;
}

#endif
