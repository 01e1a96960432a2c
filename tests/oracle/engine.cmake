# The oracle, which the tests and the fuzz targets have both: the interpreter beside the engine, the
# generator, and the tester that compares; and the program that runs them.
file(GLOB oracle_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/oracle/*.cpp)
list(FILTER oracle_sources EXCLUDE REGEX "/main.cpp$|_test.cpp$")
add_library(oracle_engine STATIC ${oracle_sources})
target_include_directories(oracle_engine PUBLIC ${CMAKE_SOURCE_DIR})
target_compile_options(oracle_engine PRIVATE -fno-rtti -ffp-contract=off)
target_link_libraries(oracle_engine PUBLIC wisp_jit)
add_executable(oracle ${CMAKE_SOURCE_DIR}/tests/oracle/main.cpp)
target_compile_options(oracle PRIVATE -fno-rtti)
target_link_libraries(oracle PRIVATE oracle_engine)
set_target_properties(oracle PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
