// The names of services ("https" for 443) are looked up by nobody, though c-ares could. In a
// program that is linked statically the libc's functions for it would bring its whole name service
// switch and a loader for shared libraries; src/CMakeLists.txt links these in their place.
#include <netdb.h>

#include <cerrno>

extern "C" {

servent* __wrap_getservbyname(const char*, const char*) { return nullptr; }

int __wrap_getservbyport_r(int, const char*, servent*, char*, size_t, servent** result) {
  *result = nullptr;
  return ENOENT;
}

}  // extern "C"
