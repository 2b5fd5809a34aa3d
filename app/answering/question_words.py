"""Words that make a Japanese sentence a question, and say nothing of its topic: the language's, not a document's.

Dictionary forms, as `Token.base` gives them. Kept by role, so that a reader can see what belongs where.
"""

from __future__ import annotations

import re

# Asking, politely or not: 「…を教えていただけますでしょうか」「調べて」「知りたい」
REQUESTS = frozenset(
    "教える おしえる 知る しる 聞く 聴く 尋ねる 伺う 訊く 問う 調べる 見せる 示す 述べる 答える 話す 語る "
    "言う 申す 説明 紹介 解説 案内 教示 回答 提示 願う 願える 頼む 頼み 存ずる 存じる 致す 頂戴 拝見 "
    "拝聴 拝借 くれる もらえる 貰う 欲しい ほしい 良い よい いい 宜しい よろしい 恐縮 恐れ入る 恐れる 失礼 "
    "誠 差し支え 差し支える 都合 可能 質問 確認 把握 見る 出来る 訳 わけ 分かる 解る わかる 理解 気 "
    "つかぬ 事 至極 幸い 手数 すみません すむ 済む 済みません ちょっと 少し 早速 是非 予定 検討 探す "
    "求める 触れる 取り上げる 挙がる 挙げる 並べる 列挙 列記 羅列 発表 公表 記載 記述 掲載 載る 載せる "
    "書く 明記 言及 指す 該当 当たる 当てはまる 相当 どん いく まで から つ 箇所 か所 ヶ所 取材 記事 "
    "原稿 執筆 報告 報告書 レポート 会議 上司 部長 プレゼン スライド メモ まとめ まとめる 纏める 箇条書き "
    "引用 そもそも 至急 大至急 主体 箇条 書き 書き出す 抜き出す リストアップ ピックアップ 数字 数値 正しい 本当 確か 認識 間違い 間違う "
    "合う 聞き取る 耳 知らせる 申し訳 忙しい 困る 急ぎ 急ぐ 助かる ざっくり さっと ぱっと 要する つまり "
    "ちなみに ところで 因みに ええ ねえ あの あのう えっと えーと ごめん 悪い ください 宜しく よろしく "
    "お願い おねがい 御願い 候補 自分 私 僕 俺 我々 うち 弊社 当社 社内 担当 係 者 話題 気になる とこ "
    "ok やつ ちょうど きっかり ぴったり ざっ 真ん中 顔ぶれ 幾 列 総勢 計 番 目 キー ワード 文言 大丈夫 "
    "ふーん わ 前 へえ ついで 大台 乗る 前面 押し出す ちゃんと きちんと もっと ペース まま 事柄 どこどこ たった "
    "一列 がらみ 絡み 類い 類 語 文字 言葉 単語 キーワード 正式 全メニュー 限る 残り 届く 台 あと 一緒 "
    "もう一度 もう 一回 さっき 先ほど 戻る やる つもり はず 出せる 見当 文書 段落 要は 小数 小数点 第2位 "
    "新聞 コラム 広報 議事録 読む ひととおり 噛み砕く かみ砕く 据える 抱える 備える 整理 偶然 つき 分 競う なんとか ◯◯ 打つ".split()
)
# The thing asked for, not yet named: 「具体的な内容」「どんな種類の」「名前を全部」
GENERIC_NOUNS = frozenset(
    "内容 詳細 詳しい 具体 具体的 一覧 リスト 全部 全て すべて 総て 全体 残り 残る 一通り 各 各々 其々 "
    "それぞれ 夫々 概要 情報 資料 文書 文章 本文 発表文 記事 ドキュメント 名前 名称 名 項目 種類 点 面 "
    "部分 箇 個 個所 数 方面 分類 関連 関係 関する 場合 状況 話 言葉 形 感じ 他 外 中 内 間 上 下 "
    "側 際 今 現在 今回 最近 一つ 二つ 主 主な 主要 特に 大きい 別 互い 感 そう はず うち メニュー "
    "ラインナップ 以上 本 当 同 当該 例 例えば 計画 方針 方向 仕組み 取組み 業界 業種 領域 程度 方法 "
    "手段 手法 策 対応 支援 制度 事業 サービス 区域 地区 地域 場所 組織 機関 団体 案 中身 なかみ ぜんぶ "
    "みんな 全て全部 総数 次 以外 逆 最後 最初 文末 文頭 冒頭 末尾 締め 範囲内 両方 双方 ほか 別々 "
    "セット ペア 現状 実際 最終的 結局 基本 基本的 大体 だいたい 大まか おおまか 簡単 なか 具合 あたり "
    "へん ポイント 位置づけ 位置付け".split()
)
# Verbs that join a topic to a zone and add nothing: 「…を進めているのは」「…に含まれる」
LIGHT_VERBS = frozenset(
    "進める 行う 行なう 行われる 為す 成す やる 目指す 図る 掲げる 打ち出す 打出す 設ける 設定 置く 含む "
    "含める 属する 所属 入る 当てる 定める 決める 決まる 続ける 始める 使う 用いる 持つ 有する 受ける "
    "与える 出す 取る 成り立つ 出来上がる 収まる 数え上げる 数える 入れる 加える 足す 引く 除く 出る 分ける "
    "分かれる 続く 並ぶ 来る 行く 届く 上回る 下回る 達する 満たす 付ける つける 向ける 考える 思う 呼ぶ "
    "因る よる 於く おける おく 就く つく 対する 構成 実施 実行 展開 推進 予定 対象 指定 管轄 提案 提出 "
    "明らか 位置付ける 繋がる 関わる かかわる 基づく 合わせる あわせる 絞る 重きを置く 重き".split()
)
# Comparing what is asked for: the values are shown, the comparison is the reader's.
COMPARISONS = frozenset(
    "約 およそ ほぼ 計算 足す 上位 当たり あたり アップ 一番 いちばん 最も もっとも 最大 最小 最多 最少 "
    "順 順位 順番 ランキング 合計 総計 合わせる 平均 差 違い 比較 比べる 比 倍 以下 未満 超える 越える "
    "小さい 狭い 多い 少ない 大小 番目 位 トップ ワースト ベスト 首位 倍率 何倍 割合 割 率 パーセント "
    "総和 トータル 同数 同率 一方 逆 より どちら どっち 違う 異なる 形式 値".split()
)
# The same in English, for questions in it.
ENGLISH = frozenset(
    "what which where who whom whose how why when is are was "
    "were be been being am the a an of in on at for to from by between "
    "with within into than as does do did done can could will "
    "would shall should may might must has have had having i me "
    "my we us our you your he she it its they them their there "
    "across throughout overall since because "
    "here that this these those such so too also just many much "
    "more most less least large larger largest big bigger "
    "biggest small smaller smallest few fewer fewest zone zones "
    "district districts area areas place places tell please "
    "list show give name names explain describe summarize all "
    "any each every both either and or but not no if about "
    "regarding concerning related deal deals dealing take takes "
    "total say says said mention mentions mentioned according "
    "document text plan plans planned planning aim aims aiming "
    "want wants try tries trying work working get gets going "
    "let s t re innovation linkage thing things kind kinds sort "
    "some something anything one ones first second third "
    "exactly only really actually know like need needs compared "
    "compare rank ranked sum order two three four five six "
    "seven eight proposed propose proposes set sets up down "
    "gave given part article end start begin put forward "
    "closing paragraph sums find right correct true yes "
    "exploring together combined announced announcement square "
    "kilometers kilometres km kilometer".split()
)
# Words of Chinese grammar and of asking, between which the topic stands.
CHINESE = re.compile(
    "|".join(
        sorted(
            "的 了 是 在 有 吗 呢 吧 么 什么 哪 哪里 哪个 哪些 哪几个 几个 几项 多少 谁 怎么 "
            "怎样 为什么 请 请问 请告诉我 告诉 我 我们 你 您 和 与 及 以及 或 或者 对 从 到 为 "
            "把 被 让 给 也 都 还 就 而 但 这 那 这个 那个 这些 其 其中 它 它们 一共 总共 "
            "合计 列出 列举 介绍 说明 一下 关于 有关 相关 涉及 方面 具体 主要 提出 推出 计划 打算 "
            "想要 可以 能 能够 会 将 要 不 没有 没 最 更 比较 比 大 小 多 少 条 当作 作为 "
            "当成 文章 归纳 最后 后 提到 写到 应该 应当 看 想 了解 想知道 知道 需要 希望 目前 "
            "第一批 首批 麻烦 劳驾 帮我 帮忙 给我 请教 想问 谢谢 你好 各项 一并 说说 讲讲 谈谈 "
            "现在 文中 文件 资料 区 个 项 片区 联动创新区 创新区 上海 是否 对吗 是吗 按 按照 排列 "
            "排序 全部 所有 各 每个 哪一个 属于 位于 包括 包含".split(),
            key=len,
            reverse=True,
        )
    )
)
EMPTY = ENGLISH | REQUESTS | GENERIC_NOUNS | LIGHT_VERBS | COMPARISONS

# What people commonly ask of a place or an undertaking: a text gives it by its name or not at all.
ORDINARY_ATTRIBUTES = frozenset(
    "人口 予算 費用 料金 住所 電話 連絡 連絡先 番号 責任 責任者 担当 担当者 代表 代表者 区長 市長 社長 "
    "知事 会長 首長 大臣 首相 大統領 開始 開始日 終了 終了日 期限 締め切り 締切 日程 スケジュール 時期 "
    "歴史 由来 沿革 交通 アクセス 行き方 最寄り 駅 路線 営業 天気 気温 気候 売上 売り上げ 利益 株価 賃料 "
    "家賃 地価 相場 税率 金利 利率 収入 年収 給料 gdp 成長率 従業員 社員 職員 企業数 社数 会社名 相手 "
    "メンバー 委員 作者 著者 書類 要件 手順 手続き 申込 申し込み 申し込む 申請 応募 予約 法律 条例 根拠 "
    "標高 緯度 経度 首都 名物 観光地 レシピ 作り方 治安 評判 口コミ 実績 成果 件数 取引額 金額 補助金 "
    "倍率 順番 世帯 学校 病院 大学 空港 作成者 発行日 発表日 罰則 罰金 背景 経緯 事例 満足度 取扱高 "
    "取引高 評価 電気代".split()
)

# What is asked for of something that is taken for granted: 「…を進める理由は」
REASONS = frozenset("理由 背景 経緯 根拠 狙い ねらい 目的 事情 意図 きっかけ reason reasons why 理由是 原因".split())
# Everything there is, not the best one: 「全部」「一覧で」
LIST_CUES = frozenset(
    "全部 全て すべて 総て 一覧 リスト 列挙 羅列 並べる 挙げる 一通り 残らず 列記".split()
)
# A part of what is named, and only that: 「松江区だけ」「外灘エリア単独」
ONLY_CUES = frozenset(
    "だけ のみ 単独 単体 限定 部分 一部".split()
)
# How large anything is, be it land, people or money: of what is said by the noun before.
SIZES = frozenset("規模 大きさ サイズ スケール".split())
# Whose measure is the whole's: 「敷地の面積」
LAND = frozenset("土地 用地 敷地 陸地 区画 開発".split())
