# ringside_room(NAME SOURCES ... [ROOMS ...] [PUBLIC_LIBRARIES ...] [LIBRARIES ...])
#
# Makes the static library `ringside_NAME` (alias ringside::NAME) from one folder of the house.
# ROOMS are the rooms this one may include, by name; the architecture test holds the includes to them.
set(RINGSIDE_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor
    -Wold-style-cast -Wcast-align -Wimplicit-fallthrough)

function(ringside_compile_options target)
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:${RINGSIDE_WARNINGS}>)
  if(RINGSIDE_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

function(ringside_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;ROOMS;PUBLIC_LIBRARIES;LIBRARIES" ${ARGN})
  set(target ringside_${name})
  add_library(${target} STATIC ${ROOM_SOURCES})
  add_library(ringside::${name} ALIAS ${target})
  ringside_compile_options(${target})
  foreach(room IN LISTS ROOM_ROOMS)
    target_link_libraries(${target} PUBLIC ringside_${room})
  endforeach()
  target_link_libraries(${target} PUBLIC ${ROOM_PUBLIC_LIBRARIES} PRIVATE ${ROOM_LIBRARIES})
endfunction()

# ringside_test(NAME SOURCES ... [ROOMS ...] [LIBRARIES ...])
#
# Makes the Catch2 program `test_NAME` (2.13 and 3.x alike) and registers every test case with CTest.
function(ringside_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;ROOMS;LIBRARIES;DEFINITIONS" ${ARGN})
  set(target test_${name})
  add_executable(${target} ${TEST_SOURCES})
  ringside_compile_options(${target})
  foreach(room IN LISTS TEST_ROOMS)
    target_link_libraries(${target} PRIVATE ringside_${room})
  endforeach()
  target_link_libraries(${target} PRIVATE ringside_catch ${TEST_LIBRARIES})
  target_compile_definitions(${target} PRIVATE ${TEST_DEFINITIONS})
  catch_discover_tests(${target} TEST_PREFIX "${name}: " PROPERTIES TIMEOUT 300 ${RINGSIDE_TEST_PROPERTIES})
endfunction()
