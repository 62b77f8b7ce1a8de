import FoundationEssentials
import TestSupport

/// A real Prometheus that scrapes the pods of a test cluster. It ends when this is let go, and with this process.
package struct PrometheusServer: Sendable {
    /// `http://127.0.0.1:port`
    package let url: String
    private let process: LineProcess

    /// - Parameter kubeconfig: of the cluster's administrator.
    package static func start(kubeconfig: String) async throws -> PrometheusServer {
        let tests = Support.folder
        let program = try await LineProcess(["\(tests)/../scripts/prometheus.sh"]).line()
        let script = "\(tests)/Support/prometheus/prometheus.py"
        let process = try LineProcess([
            "/usr/bin/env", "python3", script, "--program", program, "--kubeconfig", kubeconfig,
        ])
        guard let ready = try? JSONDecoder().decode(Ready.self, from: Data(await process.line().utf8)) else {
            throw LineProcess.Failed(description: "Prometheus was not started; what it said is above")
        }
        return PrometheusServer(url: ready.url, process: process)
    }

    private struct Ready: Decodable {
        let url: String
    }
}
