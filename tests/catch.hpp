// The one include of a test file: Catch2 2.13 (Debian 12) and 3.x (Debian 13) keep it in different
// places.
#pragma once

#ifdef RINGSIDE_CATCH3
#include <catch2/catch_all.hpp>
using Catch::Approx; // as 2.13 does
#else
#include <catch2/catch.hpp>
#endif
