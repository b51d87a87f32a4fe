# Finds Unicorn >= 2.1.1: first the private copy that scripts/setup puts into .unicorn/ on Debian 12,
# then the system. Older versions (2.0.1 is Debian 12's) have no virtual TLB and are refused.
# Defines the imported target Unicorn::Unicorn.
set(private ${PROJECT_SOURCE_DIR}/.unicorn/usr)
find_path(Unicorn_INCLUDE_DIR unicorn/unicorn.h HINTS ${private}/include NO_DEFAULT_PATH)
find_path(Unicorn_INCLUDE_DIR unicorn/unicorn.h)
find_library(Unicorn_LIBRARY NAMES unicorn libunicorn.so.2
             HINTS ${private}/lib/${CMAKE_LIBRARY_ARCHITECTURE} ${private}/lib/x86_64-linux-gnu NO_DEFAULT_PATH)
find_library(Unicorn_LIBRARY NAMES unicorn libunicorn.so.2)

if(Unicorn_INCLUDE_DIR)
  file(STRINGS ${Unicorn_INCLUDE_DIR}/unicorn/unicorn.h version_lines
       REGEX "#define UC_(API_MAJOR|API_MINOR|API_PATCH|VERSION_MAJOR|VERSION_MINOR|VERSION_PATCH|VERSION_EXTRA) ")
  foreach(part MAJOR MINOR PATCH)
    string(REGEX MATCH "UC_API_${part} ([0-9]+)" found "${version_lines}")
    set(api_${part} ${CMAKE_MATCH_1})
  endforeach()
  set(Unicorn_VERSION ${api_MAJOR}.${api_MINOR}.${api_PATCH})
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Unicorn
  REQUIRED_VARS Unicorn_LIBRARY Unicorn_INCLUDE_DIR
  VERSION_VAR Unicorn_VERSION
  REASON_FAILURE_MESSAGE "Unicorn >= 2.1.1 is needed. Run scripts/setup: on Debian 13 it installs libunicorn-dev, on Debian 12 it fetches a private copy into .unicorn/.")

if(Unicorn_FOUND AND NOT TARGET Unicorn::Unicorn)
  add_library(Unicorn::Unicorn SHARED IMPORTED)
  set_target_properties(Unicorn::Unicorn PROPERTIES
    IMPORTED_LOCATION ${Unicorn_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${Unicorn_INCLUDE_DIR})
  get_filename_component(unicorn_dir ${Unicorn_LIBRARY} DIRECTORY)
  list(APPEND CMAKE_BUILD_RPATH ${unicorn_dir})
endif()
