// A component with everything around it that the page gives.
import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { makeQueryClient } from "../api/query-client";
import { makeUploads, type Uploads } from "../api/uploads";
import { UploadsContext } from "../api/uploads-context";
import type { Locale } from "../i18n/format";
import { I18nProvider, localeStore } from "../i18n/i18n";

export function renderPage(children: ReactNode, options: { locale?: Locale; uploads?: Uploads; queryClient?: QueryClient } = {}) {
  localeStore.set(options.locale ?? "en");
  const queryClient = options.queryClient ?? makeQueryClient();
  queryClient.setDefaultOptions({ queries: { ...queryClient.getDefaultOptions().queries, retry: false } });
  const uploads = options.uploads ?? makeUploads(queryClient);
  const shown = render(
    <QueryClientProvider client={queryClient}>
      <UploadsContext value={uploads}>
        <I18nProvider>{children}</I18nProvider>
      </UploadsContext>
    </QueryClientProvider>,
  );
  return { ...shown, queryClient, uploads };
}
