// The attachments that are on their way, whichever screen asked for them.
import Foundation
import Observation
import Satchel

/// Names a part of a message.
struct PartOf: Hashable, Sendable {
    let message: PlacementId
    let section: String
}

/// Downloads go on when their screen is left, and are still there when it is opened again.
@MainActor @Observable
public final class Downloads {
    private var held: [PartOf: DownloadProgress] = [:]
    @ObservationIgnored private var handles: [PartOf: DownloadHandle] = [:]
    @ObservationIgnored private let satchel: Satchel
    @ObservationIgnored private let folder: URL
    @ObservationIgnored private let work: Work

    /// Downloads that are saved below `folder`.
    public init(satchel: Satchel, folder: URL, notices: Notices) {
        self.satchel = satchel
        self.folder = folder
        work = Work(notices: notices)
    }

    /// Where one stands.
    func progress(_ of: PartOf) -> DownloadProgress { held[of] ?? .none }

    /// Starts one, unless it runs.
    func start(_ part: AttachmentView, of message: PlacementId) {
        let of = PartOf(message: message, section: part.section)
        guard handles[of] == nil else { return }
        do {
            let place = folder.appendingPathComponent("\(message.value)/\(part.section)", isDirectory: true)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            let file = place.appendingPathComponent(part.name)
            let handle = try satchel.messages.download(message, section: part.section, to: file)
            handles[of] = handle
            held[of] = .running(received: ByteCount(0), announced: ByteCount(0))
            work.start { await self.watch(of, handle, file) }
        } catch {
            held[of] = .failed(Problem(thrown: error))
        }
    }

    /// Stops one; what came is kept for the next time.
    func cancel(_ of: PartOf) {
        guard let handle = handles[of] else { return }
        work.start { try handle.cancel() }
    }

    /// Waits until none runs.
    func finished() async { await work.finished() }

    private func watch(_ of: PartOf, _ handle: DownloadHandle, _ file: URL) async {
        defer { handles[of] = nil }
        for await at in handle.progress { held[of] = .running(received: at.received, announced: at.announced) }
        do {
            _ = try await handle.finished()
            held[of] = .saved(path: file.path)
        } catch .cancelled {
            held[of] = DownloadProgress.none
        } catch {
            held[of] = .failed(Problem(error))
        }
    }
}
