// A download that goes on whether or not a screen watches it, and ends when it is told to.
import SatchelCore

/// A part of a message on its way into a file. Letting go of this ends nothing.
public final class DownloadHandle: Sendable {
    private let download: Download

    /// How far it is, at most ten times a second; ends after the value with `done`. For one watcher.
    public let progress: AsyncStream<DownloadProgressView>

    init(_ core: MailCore, _ id: PlacementId, _ section: String, _ path: String) throws {
        let (progress, told) = AsyncStream.makeStream(
            of: DownloadProgressView.self, bufferingPolicy: .bufferingNewest(1))
        download = try core.download(id: id, section: section, path: path, observer: Meter(told))
        self.progress = progress
    }

    /// Waits for the end and gives the size of the file. It may be asked again, and by several.
    ///
    /// - Throws: `.cancelled`, `.notFound`, `.offline`, those of a connection, `.storage`, `.closed`.
    public func finished() async throws(MailFailure) -> ByteCount {
        try await call { [download] in try await download.finished() }
    }

    /// Stops it. What came stays on this device, and a later download of the same part goes on from there.
    public func cancel() throws(MailFailure) {
        try call { try download.cancel() }
    }
}

private final class Meter: ProgressObserver {
    private let told: AsyncStream<DownloadProgressView>.Continuation

    init(_ told: AsyncStream<DownloadProgressView>.Continuation) { self.told = told }

    func onProgress(progress: DownloadProgressView) {
        told.yield(progress)
        if progress.done { told.finish() }
    }
}
