// Blocking calls out of coroutines.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <type_traits>

namespace v2t::http {

// Runs a blocking function on the pool; the coroutine goes on on the loop thread.
//
// Beware: g++ 12 evaluates both branches of a conditional expression among the arguments of a co_await. Compute such
// values beforehand.
template <class Function>
boost::asio::awaitable<std::invoke_result_t<Function>> on_pool(boost::asio::thread_pool& pool, Function function) {
  using Value = std::invoke_result_t<Function>;
  auto call = [](Function& f) -> boost::asio::awaitable<Value> { co_return f(); };
  co_return co_await boost::asio::co_spawn(pool, call(function), boost::asio::use_awaitable);
}

}  // namespace v2t::http
