// Float matrix products by oneDNN, on the calling thread.
#include <dnnl.h>
#include <omp.h>

#include "base/result.h"
#include "nn/matmul.h"

namespace v2t::nn {

void sgemm(size_t m, size_t n, size_t k, FloatMatrix a, FloatMatrix b, Accumulate accumulate, float* c,
           size_t c_stride) {
  // Debian's oneDNN runs on OpenMP; the number of threads is a setting of each calling thread.
  if (omp_get_max_threads() != 1) omp_set_num_threads(1);
  const auto flag = [](Transpose transpose) { return transpose == Transpose::kYes ? 'T' : 'N'; };
  const auto size = [](size_t value) { return static_cast<dnnl_dim_t>(value); };
  const float beta = accumulate == Accumulate::kYes ? 1.0f : 0.0f;
  const dnnl_status_t status = dnnl_sgemm(flag(a.transpose), flag(b.transpose), size(m), size(n), size(k), 1.0f, a.data,
                                          size(a.stride), b.data, size(b.stride), beta, c, size(c_stride));
  CHECK(status == dnnl_success);
}

}  // namespace v2t::nn
